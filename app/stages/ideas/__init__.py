"""Ideas: what the province is asked to order, and the list of topics it decides to order.

Idea   an order form (phiếu đề xuất đặt hàng), asked by a questionnaire (`order`), saved while typing, or through a link (`links`): draft → submitted → in identification → approved, rejected, redirected.
       The receiving body's commitment to take the result is part of it; without it nothing is submitted.
Topic  one entry of an approved list, frozen by a dated decision: title (and the one proposed), aim, products, kind,
       mode (selection or direct assignment), ceiling, main priority item. Then approved → in call → assigned.

Enters: forms of researchers and bodies; outcomes of an identification council, or minutes recorded by an officer.
Leaves: topics, which calls put out.
"""
